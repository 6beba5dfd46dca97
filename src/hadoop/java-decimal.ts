/**
 * Floating-point numbers as Java prints them: `1.0`, `1.0E10`, at least one digit after the point.
 *
 * The digits are the fewest that name the number, as Java writes from release 19 on; older ones
 * print a superfluous digit for some.
 */

/** `shortest`: the fewest digits that name the value, in any of JavaScript's notations. */
export function javaDecimal(value: number, shortest: string): string {
  if (Number.isNaN(value)) return 'NaN';
  const sign = value < 0 || Object.is(value, -0) ? '-' : '';
  if (!Number.isFinite(value)) return `${sign}Infinity`;
  if (value === 0) return `${sign}0.0`;
  const { digits, exponent } = twoDigits(value, scientific(shortest));
  // Java writes plainly from 10^-3 up to, not including, 10^7.
  if (exponent >= -3 && exponent < 7) return sign + plain(digits, exponent);
  return `${sign}${digits[0]}.${digits.length > 1 ? digits.slice(1) : '0'}E${exponent}`;
}

/** The fewest digits that name a 32-bit float. */
export function shortestFloat(value: number): string {
  for (let precision = 1; precision < 9; precision++) {
    const text = value.toPrecision(precision);
    if (Math.fround(Number(text)) === value) return text;
  }
  return value.toPrecision(9);
}

/** Where one digit names the number, Java takes the nearest number of two: 4.9E-324. */
function twoDigits(value: number, found: Scientific): Scientific {
  return found.digits.length > 1 ? found : scientific(value.toExponential(1));
}

interface Scientific {
  readonly digits: string;
  readonly exponent: number;
}

/** Significant digits without zeros at the ends, and the power of ten of the first. */
function scientific(text: string): Scientific {
  const [mantissa = '', power = '0'] = text.replace(/^-/, '').split('e');
  const [whole = '', fraction = ''] = mantissa.split('.');
  const all = whole + fraction;
  const leading = /^0*/.exec(all)![0].length;
  const digits = all.slice(leading).replace(/0+$/, '');
  return { digits, exponent: Number(power) + whole.length - 1 - leading };
}

function plain(digits: string, exponent: number): string {
  if (exponent < 0) return `0.${'0'.repeat(-exponent - 1)}${digits}`;
  const whole = digits.slice(0, exponent + 1).padEnd(exponent + 1, '0');
  const fraction = digits.slice(exponent + 1);
  return `${whole}.${fraction === '' ? '0' : fraction}`;
}
