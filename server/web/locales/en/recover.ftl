### A lost phone, in English. Whoever reads this is locked out: what happens next, and how long it takes.

recover-ask-title = Lost your phone?
recover-ask-text = We’ll send a link to { $to }. Open it in this browser.
recover-ask-other = With the link and a recovery code or an authenticator app you remove the lost phone at once. If you have a passkey, go back and sign in with it instead.
recover-ask-wait = { $hours ->
    [one] With nothing but your mail it takes an hour, in which it can be stopped.
   *[other] With nothing but your mail it takes { $hours } hours, in which it can be stopped.
}
recover-send = Send the link
recover-again-in = You can send another in

recover-sent-title = Look into your mail
recover-sent-text = { $minutes ->
    [one] A link is on its way to { $to }. Open it in this browser within a minute.
   *[other] A link is on its way to { $to }. Open it in this browser within { $minutes } minutes.
}
recover-sent-not = Nothing there? Look among the unwanted mail, or ask your administrator.

recover-prove-title = One more proof
recover-prove-text = Your mail alone isn’t enough to remove a phone. Choose what you have at hand.
recover-prove-none = Your mail alone isn’t enough to remove a phone at once, and nothing else is set up.
recover-nothing-title = None of this at hand?
recover-nothing-text = { $hours ->
    [one] Wait an hour. You and your administrators are told, and anyone of you can stop it. Your administrator can also help at once.
   *[other] Wait { $hours } hours. You and your administrators are told, and anyone of you can stop it. Your administrator can also help at once.
}
recover-begin-wait = { $hours ->
    [one] Wait an hour
   *[other] Wait { $hours } hours
}

recover-waiting-title = The waiting time has begun
recover-waiting-text = It ends on { $until }.
recover-waiting-then = Then open the link of the mail again, in this browser.
recover-waiting-told = Found your phone, or wasn’t it you? Stop it here, or by the link in the second mail.
recover-found = I’ve found my phone: stop

recover-remove-title = What is lost?
recover-remove-text = Choose what you no longer have.
recover-remove-none = Choose at least one.
recover-remove-why = It can no longer confirm your sign-ins, and you are signed out in every browser.
recover-remove = Remove what I chose

recover-done-title = Removed
recover-done-text = It can no longer confirm your sign-ins. Sign in again, and set up a new phone or another way.

recover-stop-title = Stop this?
recover-stop-text = Someone asked to get in to your account without your phone. If you stop it, nothing is removed.
recover-stop-admin-text = { $person } asks to get in without a phone. If you stop it, nothing is removed.
recover-stopped-title = Stopped
recover-stopped-text = Nothing was removed. If it wasn’t you who asked, ask your administrator for a new password: someone knows the one you have.

recover-other-title = Open the link in the browser in which you asked
recover-other-text = It works there alone, so that nobody else can use it. Copy the link from the mail into that browser.
recover-over-title = This link is no longer valid
recover-over-text = It works for half an hour, and once. To get another one, sign in and choose “Lost your phone?”.
recover-no-login-title = Sign in first
recover-no-login-text = Type your e-mail and password, then choose “Lost your phone?” on the next page.

recover-not-now-title = Not now
recover-not-now-text = Another waiting time for this account runs already, or one was stopped in the last 24 hours. If the other one is yours, go on in the browser where you began it. Otherwise ask your administrator.
