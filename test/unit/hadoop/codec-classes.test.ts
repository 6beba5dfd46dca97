import { expect, test } from 'vitest';
import {
  codecOfClass,
  codecOfName,
  hadoopCodecs,
  writingCodec,
} from '../../../src/hadoop/index.ts';
import { codeOf } from '../../helpers/codes.ts';

test('codecs are found by Java class and by the suffix of a file', () => {
  for (const one of Object.values(hadoopCodecs)) {
    expect(codecOfClass(one.className)).toBe(one);
    expect(codecOfName(`part-r-00000${one.suffix}`)?.suffix).toBe(one.suffix);
  }
  expect(codecOfName('corpus/plain.txt')).toBeUndefined();
});

test('codecs that are not there are told, not read as text', () => {
  expect(codeOf(() => codecOfClass('com.hadoop.compression.lzo.LzoCodec'))).toBe(
    'HADOOP_CODEC_UNKNOWN',
  );
  expect(codeOf(() => codecOfName('a.lzo'))).toBe('HADOOP_CODEC_UNKNOWN');
  expect(codeOf(() => writingCodec('bzip2'))).toBe('OPTION_INVALID');
  expect(writingCodec('gzip')).toBe(hadoopCodecs.gzip);
});
