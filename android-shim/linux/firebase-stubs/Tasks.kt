// As much of Google's tasks as ../../firebase names, to compile it against. Nothing here runs.

package com.google.android.gms.tasks

fun interface OnSuccessListener<in T> {
    fun onSuccess(result: T)
}

abstract class Task<T> {
    abstract fun addOnSuccessListener(listener: OnSuccessListener<T>): Task<T>
}
