### Passkeys and security keys, in English: in the account, and what is said while one is used on the Code screen.

passkey-said-asking = Follow what your browser shows.
passkey-said-cancelled = No passkey was used. Try again, or choose another way.
passkey-said-failed = That didn’t work. Try again, or choose another way.
passkey-said-reload = This page had been open for a while. Load it again, then retry.
passkey-said-unavailable = The server didn’t answer. Check your connection and try again.
passkey-wrong = That passkey wasn’t accepted. Try again, or choose another way.
passkey-suspended-minutes = { $minutes ->
    [one] Too many tries. You can use this again in a minute.
   *[other] Too many tries. You can use this again in { $minutes } minutes.
}
passkey-suspended-hours = { $hours ->
    [one] Too many tries. You can use this again in an hour.
   *[other] Too many tries. You can use this again in { $hours } hours.
}

passkeys-title = Passkeys
passkeys-lead = With a passkey or a security key you confirm your sign-ins when your phone isn’t at hand.
passkeys-none = None yet.
passkeys-add = Add a passkey
passkeys-add-key = Add a security key
passkeys-unnamed = Passkey
passkeys-unnamed-key = Security key
passkeys-change = Rename or remove
passkeys-change-name = Rename or remove { $name }
passkeys-name = Name
passkeys-rename = Save name
passkeys-remove = Remove this passkey
passkeys-no-support = This browser can’t add passkeys. Try another one, or switch on JavaScript.
passkeys-not-here = Passkeys need an address with a name, and this server is reached by a number. Please ask your administrator.
passkeys-said-cancelled = Nothing was added. You can try again.
passkeys-said-failed = That didn’t work, and nothing was added. Please try again.
passkeys-said-late = That took too long, and nothing was added. Please try again.
passkeys-said-known = This one was added before. Choose another.
passkeys-said-not-permitted = Only certain security keys are allowed here, and this isn’t one of them. Ask your administrator which are.
passkeys-said-too-many = You have as many as an account can have. Remove one first.
passkeys-said-signed-out = You were signed out meanwhile. Please sign in again.
