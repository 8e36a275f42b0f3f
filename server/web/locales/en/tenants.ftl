### Several addresses of one organisation, and how its pages look, in English.

elsewhere-title = Use the other address
elsewhere-text = Your passkey was made for another address of the same service, and works only there.
elsewhere-none = Your passkey was made for an address that { $tenant } no longer uses. Ask your administrator to reset your second step.

brand-title = Name and look
brand-lead = What people see on sign-in pages, in mail and in the app.
brand-open = Change them
brand-name = Name
brand-colour = Colour
brand-own-colour = Use a colour of our own
brand-colour-help = For buttons and links. It’s shaded so that text stays readable, on light and on dark pages.
brand-logo = Picture
brand-no-logo = Use the first letter of the name instead
brand-logo-help = PNG, JPEG or WebP, at most 128 KiB. It’s shown 28 pixels high.
brand-save = Save
brand-saved = Saved. People see it within a few seconds.
brand-bad-name = The name has to be one line of 1 to 80 characters. Nothing was changed.
brand-bad-colour = That isn’t a colour. Nothing was changed.
brand-bad-size = The picture is larger than 128 KiB. Nothing was changed.
brand-bad-kind = The picture has to be a PNG, JPEG or WebP file. Nothing was changed.
