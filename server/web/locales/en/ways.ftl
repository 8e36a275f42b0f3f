### The other ways on the Code screen, in English: what to type, what was wrong with it, what else there is.

ways-title = Use another way
way-totp = Authenticator app
way-email = Code by e-mail
way-passkey = Passkey or security key
way-recovery = Recovery code
way-code-label = Six-digit code
way-recovery-label = Recovery code
way-submit = Continue
way-totp-help = The six digits that your app shows for { $tenant }.
way-recovery-help = One of the codes that you printed or saved. Each works once.
way-email-help = We’ll send six digits to { $to }.
way-email-sent = Sent to { $to }.
way-email-left = Valid for
way-email-over = The code has run out. Send a new one.
way-email-send = Send New Code
way-email-again-in = You can send another in
way-email-too-many = No more than five codes in 15 minutes. The next one in
way-wrong = That code isn’t right, or isn’t valid any more.
way-clock-ahead = { $minutes ->
    [one] That code fits another time: your phone’s clock is about a minute ahead.
   *[other] That code fits another time: your phone’s clock is about { $minutes } minutes ahead.
} Set the clock by the network, then enter a new code.
way-clock-behind = { $minutes ->
    [one] That code fits another time: your phone’s clock is about a minute behind.
   *[other] That code fits another time: your phone’s clock is about { $minutes } minutes behind.
} Set the clock by the network, then enter a new code.
way-no-mail = No mail can be sent right now. Use another way, or try again in a few minutes.
way-suspended-minutes = { $minutes ->
    [one] Too many wrong codes. You can use this again in a minute.
   *[other] Too many wrong codes. You can use this again in { $minutes } minutes.
}
way-suspended-hours = { $hours ->
    [one] Too many wrong codes. You can use this again in an hour.
   *[other] Too many wrong codes. You can use this again in { $hours } hours.
}

code-title-code = Enter a code
code-title-passkey = Use your passkey
code-title-other = Use another way
code-title-no-way = No way to confirm
code-no-way = Nothing that you set up can be used for this sign-in. Ask your administrator.
code-status-timed-out = Your phone didn’t answer in time
code-below = Confirm in another way below
code-remember = { $days ->
    [one] Don’t ask again on this browser for a day
   *[other] Don’t ask again on this browser for { $days } days
}
code-lost-phone = Lost your phone?
code-check = Approved on your phone? Continue

## To confirm a change in the account

code-confirm-title = Confirm that it’s you
code-confirm-why = You’re about to change how your account is protected.
code-confirm-tap = Approve the request on your phone
code-confirm-approved = Approved. Going on…
code-confirm-denied-title = Not confirmed
code-confirm-denied = The request was denied on your phone. Nothing was changed.
code-confirm-wrong-number = A different number was entered on your phone. Nothing was changed.
code-confirm-completed-title = Confirmed
code-confirm-completed = This was confirmed in another tab.
code-confirm-go-on = Go on
