// Loaded into each measured process: answers questions of the harness, and costs nothing until it is asked.
const questions = {
  cpu: () => process.cpuUsage(),
  // Without garbage where the process was started with --expose-gc.
  census: () => {
    globalThis.gc?.();
    const resources = process.getActiveResourcesInfo();
    const timers = resources.filter((kind) => kind === 'Timeout').length;
    return { timers, resources: resources.length, heap: process.memoryUsage().heapUsed };
  },
  watchDelay: () => watchDelay(),
  delay: () => tellDelay(),
};

/** How often the event loop is looked at, in ms. */
const STEP = 2;
let delays = [];
let timer;

function watchDelay() {
  delays = [];
  let due = performance.now() + STEP;
  timer = setInterval(() => {
    const now = performance.now();
    delays.push(Math.max(0, now - due));
    due = now + STEP;
  }, STEP);
}

function tellDelay() {
  clearInterval(timer);
  const sorted = delays.sort((a, b) => a - b);
  return { p99: sorted[Math.floor(0.99 * sorted.length)] ?? 0, max: sorted.at(-1) ?? 0 };
}

process.on('message', ({ question, number }) => {
  const answer = questions[question]?.();
  process.send?.({ number, answer: answer ?? null });
});
process.on('disconnect', () => process.exit(1));
