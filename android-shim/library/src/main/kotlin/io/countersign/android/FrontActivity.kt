// Which activity is in front: the one over which the system may ask for a face or a finger.

package io.countersign.android

import android.app.Activity
import android.app.Application
import android.os.Bundle
import java.lang.ref.WeakReference

internal class FrontActivity(application: Application) : Application.ActivityLifecycleCallbacks {
    private var front = WeakReference<Activity>(null)

    init {
        application.registerActivityLifecycleCallbacks(this)
    }

    fun activity(): Activity? = front.get()

    override fun onActivityResumed(activity: Activity) {
        front = WeakReference(activity)
    }

    /** Not when it is paused: the prompt itself pauses it. */
    override fun onActivityStopped(activity: Activity) {
        if (front.get() === activity) front.clear()
    }

    override fun onActivityCreated(activity: Activity, savedInstanceState: Bundle?) = Unit

    override fun onActivityStarted(activity: Activity) = Unit

    override fun onActivityPaused(activity: Activity) = Unit

    override fun onActivitySaveInstanceState(activity: Activity, outState: Bundle) = Unit

    override fun onActivityDestroyed(activity: Activity) = Unit
}
