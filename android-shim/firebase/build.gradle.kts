// Wakes by Firebase Cloud Messaging. Needs the google-services plug-in and file in the app.
import org.jetbrains.kotlin.gradle.dsl.JvmTarget

plugins {
    id("com.android.library")
    id("org.jetbrains.kotlin.android")
    `maven-publish`
}

group = "io.countersign"
version = "0.1.0"

android {
    namespace = "io.countersign.android.firebase"
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
    api("com.google.firebase:firebase-messaging:25.0.1")
}

publishing {
    publications {
        register<MavenPublication>("release") {
            artifactId = "countersign-android-firebase"
            afterEvaluate { from(components["release"]) }
        }
    }
}
