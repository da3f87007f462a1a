import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    testTimeout: 20_000,
    hookTimeout: 20_000,
    pool: 'forks',
    // Most of them wait most of the time.
    maxWorkers: 2,
    // Memory can only be judged after a collection.
    execArgv: ['--expose-gc'],
    dangerouslyIgnoreUnhandledErrors: false,
  },
});
