// Chromium's virtual authenticator: it answers for a person who is there, or not at all.

/** A passkey manager in this computer. The page must be open; what it holds goes with it. */
export async function inThisComputer(page, more = {}) {
  const session = await page.context().newCDPSession(page);
  await session.send("WebAuthn.enable", { enableUI: false });
  const options = {
    protocol: "ctap2",
    ctap2Version: "ctap2_1",
    transport: "internal",
    hasResidentKey: true,
    hasUserVerification: true,
    isUserVerified: true,
    automaticPresenceSimulation: true,
    ...more,
  };
  const { authenticatorId } = await session.send("WebAuthn.addVirtualAuthenticator", { options });
  return {
    credentials: async () => (await session.send("WebAuthn.getCredentials", { authenticatorId })).credentials,
    /** Whether the person passes Face ID, or whatever it is. */
    verifies: (isUserVerified) => session.send("WebAuthn.setUserVerified", { authenticatorId, isUserVerified }),
    forget: () => session.send("WebAuthn.clearCredentials", { authenticatorId }),
  };
}

/** A U2F key of the old kind: touched, and no more. */
export const oldKey = (page) =>
  inThisComputer(page, { protocol: "u2f", ctap2Version: undefined, transport: "usb", hasResidentKey: false, hasUserVerification: false, isUserVerified: false });
