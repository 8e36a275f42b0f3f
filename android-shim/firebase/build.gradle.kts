// Wakes by Firebase Cloud Messaging. Needs the google-services plug-in and file in the app.
plugins {
    id("com.android.library")
    id("org.jetbrains.kotlin.android")
}

android {
    namespace = "io.countersign.android.firebase"
    compileSdk = 36
    defaultConfig { minSdk = 30 }
    compileOptions {
        sourceCompatibility = JavaVersion.VERSION_17
        targetCompatibility = JavaVersion.VERSION_17
    }
}

kotlin { jvmToolchain(17) }

dependencies {
    api(project(":library"))
    api("com.google.firebase:firebase-messaging:25.0.1")
}
