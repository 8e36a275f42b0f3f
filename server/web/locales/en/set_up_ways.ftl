### Setting up a second step in a sign-in, by one of several ways, in English.

set-phone-lead = { $tenant } asks for a second step at every sign-in. Add your phone now. From then on you confirm your sign-ins on it.
set-phone-confirm = Add this phone and sign in
set-phone-anew = That code is no longer valid. Scan the new one, and type the digits it gives.
set-passkey-lead = { $tenant } asks for a second step at every sign-in. Make a passkey on this device now, or use a security key.
set-other = Or set up another way:
set-way-push = Use a phone
set-way-totp = Use an authenticator app
set-way-passkey = Use a passkey or security key
