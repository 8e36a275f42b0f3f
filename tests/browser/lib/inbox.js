// The demo's mailbox, read as its page reads it, but from here: the page under test may be anywhere.

import { expect } from "@playwright/test";

// More mails than there can be: whoever claims to know as many is answered at once.
const ALL = 1_000_000;

export class Inbox {
  constructor(demo) {
    this.address = demo.inbox;
    this.read = -1;
  }

  /** The next mail whose subject says so, to this address if one is given, as HTML. */
  async next(subject, to) {
    let found;
    await expect(async () => {
      const mails = await (await fetch(new URL(`mails?known=${ALL}`, this.address))).json();
      found = mails.find((mail) => mail.number > this.read && subject.test(mail.subject) && (!to || mail.recipient === to));
      expect(found, `a mail about ${subject}`).toBeTruthy();
    }).toPass({ timeout: 10_000 });
    this.read = found.number;
    return (await fetch(new URL(`mail/${found.number}`, this.address))).text();
  }

  /** Who got a mail whose subject says so, once there are as many. */
  async told(subject, count) {
    let to = [];
    await expect(async () => {
      const mails = await (await fetch(new URL(`mails?known=${ALL}`, this.address))).json();
      to = mails.filter((mail) => subject.test(mail.subject)).map((mail) => mail.recipient);
      expect(to, `mails about ${subject}`).toHaveLength(count);
    }).toPass({ timeout: 15_000 });
    return to.sort();
  }

  /** The six digits of the next mail with a code. */
  async nextCode(to) {
    return (await this.next(/your code|確認コード/, to)).match(/>(\d{6})</)[1];
  }
}
