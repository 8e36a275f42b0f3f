// The app as a whole: what lives as long as its process.

package io.countersign.sample

import android.app.Application
import io.countersign.android.CountersignApp
import io.countersign.android.CountersignHost

/** Started by the system for a tap, or for a message of a push service. */
class SampleApp : Application(), CountersignHost {
    override lateinit var countersignApp: CountersignApp
        private set

    override fun onCreate() {
        super.onCreate()
        // By name: so that this compiles where no resource compiler has run.
        val icon = resources.getIdentifier("icon", "drawable", packageName)
        countersignApp = CountersignApp(this, icon, MainActivity::class.java)
    }
}
