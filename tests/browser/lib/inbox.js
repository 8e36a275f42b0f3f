// The demo's mailbox, read as its page reads it, but from here: the page under test may be anywhere.

import { expect } from "@playwright/test";

// More mails than there can be: whoever claims to know as many is answered at once.
const ALL = 1_000_000;

export class Inbox {
  constructor(demo) {
    this.address = demo.inbox;
    this.read = -1;
  }

  /** The next mail whose subject says so, as HTML. */
  async next(subject) {
    let found;
    await expect(async () => {
      const mails = await (await fetch(new URL(`mails?known=${ALL}`, this.address))).json();
      found = mails.find((mail) => mail.number > this.read && subject.test(mail.subject));
      expect(found, `a mail about ${subject}`).toBeTruthy();
    }).toPass({ timeout: 10_000 });
    this.read = found.number;
    return (await fetch(new URL(`mail/${found.number}`, this.address))).text();
  }

  /** The six digits of the next mail with a code. */
  async nextCode() {
    return (await this.next(/your code|確認コード/)).match(/>(\d{6})</)[1];
  }
}
