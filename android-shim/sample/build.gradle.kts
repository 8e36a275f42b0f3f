// The sample app: one activity with the screens that a company's own app would have.
import org.jetbrains.kotlin.gradle.dsl.JvmTarget

plugins {
    id("com.android.application")
    id("org.jetbrains.kotlin.android")
}

android {
    namespace = "io.countersign.sample"
    compileSdk = 36
    defaultConfig {
        applicationId = "io.countersign.sample"
        minSdk = 30
        targetSdk = 36
        versionCode = 1
        versionName = "0.1.0"
    }
    buildTypes { release { isMinifyEnabled = true } }
    compileOptions {
        sourceCompatibility = JavaVersion.VERSION_17
        targetCompatibility = JavaVersion.VERSION_17
    }
}

// By whatever JDK runs Gradle, of 17 or newer: a toolchain would want 17 itself.
kotlin { compilerOptions { jvmTarget = JvmTarget.JVM_17 } }

dependencies {
    implementation(project(":library"))
    implementation(project(":unifiedpush"))
    // QR codes, drawn.
    implementation("com.google.zxing:core:3.5.3")
}
