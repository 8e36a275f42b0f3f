// countersign-android: keys, prompt, storage, HTTP, popups, and the core itself for each kind of phone.
import org.jetbrains.kotlin.gradle.dsl.JvmTarget

plugins {
    id("com.android.library")
    id("org.jetbrains.kotlin.android")
    `maven-publish`
}

group = "io.countersign"
version = "0.1.0"

android {
    namespace = "io.countersign.android"
    compileSdk = 36
    defaultConfig {
        // Keys that are unlocked for each use by a strong biometric: Android 11.
        minSdk = 30
        consumerProguardFiles("consumer-rules.pro")
    }
    compileOptions {
        sourceCompatibility = JavaVersion.VERSION_17
        targetCompatibility = JavaVersion.VERSION_17
    }
    sourceSets["main"].kotlin.srcDir("../../bindings/generated/kotlin")
    // Filled by ../build-native.
    sourceSets["main"].jniLibs.srcDir("build/native")
    publishing { singleVariant("release") { withSourcesJar() } }
}

// By whatever JDK runs Gradle, of 17 or newer: a toolchain would want 17 itself.
kotlin { compilerOptions { jvmTarget = JvmTarget.JVM_17 } }

dependencies {
    api("org.jetbrains.kotlinx:kotlinx-coroutines-android:1.10.2")
    // The AAR: it brings JNA's own native part for phones.
    implementation("net.java.dev.jna:jna:5.18.1@aar")
}

publishing {
    publications {
        register<MavenPublication>("release") {
            artifactId = "countersign-android"
            afterEvaluate { from(components["release"]) }
        }
    }
}
