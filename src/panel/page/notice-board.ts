import type { Clock } from '../../clock.js';
import type { Notice } from './entries.js';

const NOTICE_MS = 6_000;
const NOTICES = 4;

/** What a person must be told now; each thing for a while. */
export class NoticeBoard {
  list: readonly Notice[] = [];
  private count = 0;

  constructor(
    private readonly clock: Clock,
    private readonly changed: () => void,
  ) {}

  add(tone: Notice['tone'], text: string): void {
    const notice = { key: ++this.count, tone, text };
    this.list = [...this.list, notice].slice(-NOTICES);
    this.changed();
    this.clock.after(NOTICE_MS, () => this.dismiss(notice.key));
  }

  dismiss(key: number): void {
    this.list = this.list.filter((notice) => notice.key !== key);
    this.changed();
  }
}
