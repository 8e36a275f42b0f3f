// Wakes by UnifiedPush.
import org.jetbrains.kotlin.gradle.dsl.JvmTarget

plugins {
    id("com.android.library")
    id("org.jetbrains.kotlin.android")
    `maven-publish`
}

group = "io.countersign"
version = "0.1.0"

android {
    namespace = "io.countersign.android.unifiedpush"
    compileSdk = 36
    defaultConfig { minSdk = 30 }
    compileOptions {
        sourceCompatibility = JavaVersion.VERSION_17
        targetCompatibility = JavaVersion.VERSION_17
    }
    publishing { singleVariant("release") { withSourcesJar() } }
}

// By whatever JDK runs Gradle, of 17 or newer: a toolchain would want 17 itself.
kotlin { compilerOptions { jvmTarget = JvmTarget.JVM_17 } }

dependencies {
    api(project(":library"))
    api("org.unifiedpush.android:connector:3.1.2")
}

publishing {
    publications {
        register<MavenPublication>("release") {
            artifactId = "countersign-android-unifiedpush"
            afterEvaluate { from(components["release"]) }
        }
    }
}
