import type { ViteUserConfig } from 'vitest/config';

type Reporters = NonNullable<NonNullable<ViteUserConfig['test']>['reporters']>;

/** Adds a JSON report where continuous integration asks for one. */
const report = process.env['VARVE_TEST_REPORT'];
export const reporters: Reporters =
  report === undefined ? ['default'] : ['default', ['json', { outputFile: report }]];
