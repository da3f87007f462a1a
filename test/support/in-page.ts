import type { Page } from 'playwright-core';

// What runs inside of the page is text: the tests themselves know no document.

/** The moment (ms since 1970, by the browser's clock) at which something is in the page, with these words where given. */
export function seen(page: Page, selector: string, words = ''): Promise<number> {
  return page.evaluate(`new Promise((resolve) => {
    const look = () => {
      const found = [...document.querySelectorAll(${JSON.stringify(selector)})];
      if (found.some((node) => node.textContent.includes(${JSON.stringify(words)}))) {
        resolve(performance.timeOrigin + performance.now());
      } else requestAnimationFrame(look);
    };
    look();
  })`);
}

/** Elements that stick out of their place to the side. */
export function overhang(page: Page): Promise<string[]> {
  return page.evaluate(`(() => {
    const { clientWidth, scrollWidth } = document.documentElement;
    if (scrollWidth > clientWidth) return ['the page is ' + (scrollWidth - clientWidth) + ' px too wide'];
    const sticksOut = (node) => {
      const inside = node.parentElement.getBoundingClientRect();
      const own = node.getBoundingClientRect();
      return own.width > 0 && own.right > inside.right + 1;
    };
    return [...document.querySelectorAll('.tile, .device, .push')].filter(sticksOut).map((node) => node.outerHTML.slice(0, 120));
  })()`);
}

/** What axe, once it is in the page, finds wrong. */
export function axeFindings(page: Page): Promise<string[]> {
  return page.evaluate(`axe.run({ resultTypes: ['violations'] }).then(({ violations }) =>
    violations.flatMap(({ id, nodes }) => nodes.map(({ html, any }) => id + ': ' + html.slice(0, 160) + ' ' + (any[0]?.message ?? ''))),
  )`);
}

/** From now on a frame, and all that waits for less than that, takes so long: as on a phone that is busy. */
export function slowFrames(page: Page, ms: number): Promise<void> {
  return page.evaluate(`(() => {
    const later = window.setTimeout.bind(window);
    window.setTimeout = (run, wait = 0, ...rest) => later(run, Math.max(wait, ${ms}), ...rest);
    window.requestAnimationFrame = (run) => later(() => run(performance.now()), ${ms});
  })()`);
}
