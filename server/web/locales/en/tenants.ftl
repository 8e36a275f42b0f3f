### Several addresses of one organisation, and how its pages look, in English.

elsewhere-title = Use the other address
elsewhere-text = Your passkey was made for another address of the same service, and works only there.
elsewhere-none = Your passkey was made for an address that { $tenant } no longer uses. Ask your administrator to reset your second step.
