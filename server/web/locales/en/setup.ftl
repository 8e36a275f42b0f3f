### Setting up an authenticator app, and recovery codes, in English.

setup-title = Set up an authenticator app
setup-lead = Its codes confirm your sign-ins when your phone gets no request, also without a network.
setup-required-title = Set up a second step
setup-required-lead = { $tenant } asks for a second step at every sign-in. Set up an authenticator app now. Other ways can follow once you’re signed in.
setup-step-app = Have an authenticator app at hand
setup-apps = Any will do: 1Password, Aegis, Apple Passwords, Bitwarden, Ente Auth, Google Authenticator, Microsoft Authenticator and others.
setup-step-scan = Scan this with the app
setup-qr-title = QR code that sets up an authenticator app
setup-open = On this device? Open the app
setup-no-camera = Can’t scan? Type the secret key
setup-account = Account
setup-copy = Copy secret key
setup-step-code = Type the six digits that the app shows
setup-confirm = Confirm
setup-wrong = That isn’t the code in the app. Wait for the next one, and type that.
setup-over-title = This key is no longer valid
setup-over-text = Nothing was set up. A key lasts an hour and allows a few tries. Remove it from your app, then start again.
setup-stronger-title = Ask your administrator
setup-stronger-text = { $tenant } asks for a passkey at every sign-in, and none can be made at this address. Nothing was set up.

codes-title = Your recovery codes
codes-lead = With one of them you get in when nothing else is at hand. Keep them where you’d keep a spare key, and not on this computer alone.
codes-once = They are shown this once. Each works one time; earlier codes no longer work.
codes-download = Download
codes-print = Print
codes-copy = Copy
codes-kept = I’ve kept them
codes-file-name = recovery-codes.txt
codes-file-title = Recovery codes for { $tenant }
codes-file-text = Each works one time.
