// The few kinds of views that the screens are made of.

package io.countersign.sample

import android.content.Context
import android.graphics.Bitmap
import android.graphics.Typeface
import android.graphics.drawable.Drawable
import android.text.InputType
import android.view.View
import android.view.ViewGroup.LayoutParams.MATCH_PARENT
import android.view.ViewGroup.LayoutParams.WRAP_CONTENT
import android.widget.Button
import android.widget.EditText
import android.widget.ImageView
import android.widget.LinearLayout
import android.widget.ScrollView
import android.widget.TextView

/** Puts something at the start of a line, `width` wide and 40 high. */
internal fun TextView.beside(drawn: Drawable, width: Int) {
    val dp = resources.displayMetrics.density
    drawn.setBounds(0, 0, (width * dp).toInt(), (40 * dp).toInt())
    setCompoundDrawablesRelative(drawn, null, null, null)
    compoundDrawablePadding = (12 * dp).toInt()
}

/** A column that scrolls; what is added stands below what is there. */
internal class Page(private val context: Context) {
    private val column = LinearLayout(context).apply {
        orientation = LinearLayout.VERTICAL
        setPadding(dp(24), dp(24), dp(24), dp(24))
    }
    val root: View = ScrollView(context).apply {
        isFillViewport = true
        addView(column)
    }

    fun title(text: String): TextView = text(text, 24f).apply {
        typeface = Typeface.DEFAULT_BOLD
        isAccessibilityHeading = true
    }

    fun heading(text: String): TextView = text(text, 14f).apply { isAccessibilityHeading = true }

    fun text(text: String, size: Float = 16f): TextView = TextView(context).apply {
        this.text = text
        textSize = size
    }.also(::add)

    /** Large figures; a screen reader says them one by one, as `spoken` has it. */
    fun figures(text: String, spoken: String): TextView = text(text, 40f).apply {
        typeface = Typeface.MONOSPACE
        contentDescription = spoken
    }

    fun picture(drawn: Bitmap, spoken: String): ImageView = ImageView(context).apply {
        setImageBitmap(drawn)
        adjustViewBounds = true
        contentDescription = spoken
    }.also(::add)

    /** A line whose changes are announced. */
    fun status(text: String): TextView = text(text).apply { accessibilityLiveRegion = View.ACCESSIBILITY_LIVE_REGION_POLITE }

    fun button(text: String, pressed: () -> Unit): Button = Button(context).apply {
        this.text = text
        isAllCaps = false
        minHeight = dp(56)
        pressedOnce(pressed)
    }.also(::add)

    fun field(label: String, kind: Int = InputType.TYPE_CLASS_TEXT or InputType.TYPE_TEXT_VARIATION_URI): EditText =
        EditText(context).apply {
            hint = label
            inputType = kind
        }.also(::add)

    /** Two buttons of equal width: neither answer is easier to press. */
    fun choice(first: Pair<String, () -> Unit>, second: Pair<String, () -> Unit>) {
        val row = LinearLayout(context)
        for ((text, pressed) in listOf(first, second)) {
            val button = Button(context).apply {
                this.text = text
                isAllCaps = false
                minHeight = dp(56)
                pressedOnce(pressed)
            }
            row.addView(button, LinearLayout.LayoutParams(0, WRAP_CONTENT, 1f))
        }
        add(row)
    }

    /** What a press leads to is another page: a second tap on this one would ask for the same again. */
    private fun Button.pressedOnce(pressed: () -> Unit) = setOnClickListener {
        isEnabled = false
        pressed()
    }

    private fun add(view: View) {
        val place = LinearLayout.LayoutParams(MATCH_PARENT, WRAP_CONTENT).apply { topMargin = dp(12) }
        column.addView(view, place)
    }

    private fun dp(points: Int) = (points * context.resources.displayMetrics.density).toInt()
}
