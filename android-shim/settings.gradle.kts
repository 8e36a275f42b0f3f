// For companies: the library as AARs, and the sample. Not run on Linux by our tests, which use linux/pom.xml: the
// Android Gradle plug-in is in Google's registry.
pluginManagement {
    repositories {
        google()
        mavenCentral()
        gradlePluginPortal()
    }
}

dependencyResolutionManagement {
    repositories {
        google()
        mavenCentral()
    }
}

rootProject.name = "countersign-android"
include(":library", ":unifiedpush", ":firebase", ":sample")
