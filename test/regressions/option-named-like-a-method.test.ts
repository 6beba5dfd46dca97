/** Settings named like what every object inherits used to pass as known, without effect. */
import { expect, test } from 'vitest';
import { resolveLogConfig, type LogConfigInput } from '../../src/log/options.ts';
import { codeOf } from '../helpers/codes.ts';

test.each(['toString', 'constructor', 'hasOwnProperty', '__proto__'])(
  'a setting named %s is refused',
  (name) => {
    const input = JSON.parse(`{"${name}": 1}`) as LogConfigInput;
    expect(codeOf(() => resolveLogConfig(input))).toBe('OPTION_INVALID');
  },
);
