/**
 * Writes TypeScript for a message: one type per struct that holds the fields of all versions, one
 * function that reads it and one that writes it, straight from field to field.
 */

const anyVersion = 0x7fff;

const readers = {
  b: 'boolean',
  i8: 'int8',
  i16: 'int16',
  i32: 'int32',
  i64: 'int64',
  u16: 'uint16',
  u32: 'uint32',
  f64: 'float64',
  uuid: 'uuid',
  str: 'string',
  bytes: 'bytes',
  rec: 'records',
};
const plainDefaults = {
  b: 'false',
  uuid: 'zeroUuid',
  str: "''",
  bytes: 'noBytes',
  rec: 'noBytes',
};

/** The text of the module for one schema. */
export function emitModule(message, source) {
  const state = { out: [], message, names: new Set() };
  if (message.kind === 'data') {
    emitStruct(state, message.name, message.fields, 'data');
    emitDataEnds(state);
  } else {
    emitStruct(state, `${message.name}Request`, message.request, 'request');
    emitStruct(state, `${message.name}Response`, message.response, 'response');
  }
  const body = state.out.join('\n');
  const used = ['noBytes', 'RecordsPiece', 'WireReader', 'WireWriter', 'zeroUuid'].filter((name) =>
    new RegExp(`\\b${name}\\b`).test(body),
  );
  const typed = used.map((name) =>
    name === 'RecordsPiece' || (message.kind !== 'data' && name.startsWith('Wire'))
      ? `type ${name}`
      : name,
  );
  return [
    `/**`,
    ` * Codec of ${message.name}, made by npm run protocol from`,
    ` * schema/${source}. Not written by hand. Length: generated.`,
    ` */`,
    `import { ${typed.join(', ')} } from '../wire.ts';`,
    '',
    body,
    '',
  ].join('\n');
}

function emitStruct(state, name, fields, direction) {
  const { out } = state;
  for (const field of fields) {
    if (field.fields === undefined) continue;
    field.structName = name + structSuffix(field);
    emitStruct(state, field.structName, field.fields, direction);
  }
  for (const field of fields) field.isRecordsPiece = direction === 'response';
  out.push(`export interface ${name} {`);
  for (const field of fields) out.push(`  ${field.name}: ${typeOf(field)};`);
  out.push('}', '');
  emitReader(state, name, fields);
  emitWriter(state, name, fields);
}

function structSuffix({ name, isList }) {
  const suffix = capital(name);
  if (!isList) return suffix;
  if (suffix.endsWith('ies')) return `${suffix.slice(0, -3)}y`;
  return suffix.endsWith('s') ? suffix.slice(0, -1) : suffix;
}

function typeOf(field) {
  const plain = {
    b: 'boolean',
    uuid: 'string',
    str: 'string',
    bytes: 'Uint8Array',
    rec: field.isRecordsPiece ? 'RecordsPiece' : 'Uint8Array',
  };
  const single = field.structName ?? plain[field.type] ?? 'number';
  const type = field.isList ? `${single}[]` : single;
  return isNullable(field) ? `${type} | null` : type;
}

function isNullable(field) {
  return field.nullable !== undefined || field.default === 'null';
}

function defaultOf(field) {
  if (field.default !== undefined && field.type === 'str' && field.default !== 'null') {
    return `'${field.default}'`;
  }
  if (field.default !== undefined) return field.default;
  if (field.isList) return '[]';
  if (field.structName === undefined) return plainDefaults[field.type] ?? '0';
  if (isNullable(field)) return 'null';
  return `{ ${field.fields.map((inner) => `${inner.name}: ${defaultOf(inner)}`).join(', ')} }`;
}

/** The condition under which a range of versions holds; undefined when it always does. */
function condition(range, { min, max }) {
  const low = range.min > min ? `v >= ${range.min}` : undefined;
  const high = range.max < max ? `v <= ${range.max}` : undefined;
  return low !== undefined && high !== undefined ? `${low} && ${high}` : (low ?? high);
}

function readExpression(field, message) {
  const nullable = field.nullable === undefined ? false : condition(field.nullable, message);
  const call = (isNull) => {
    if (field.structName !== undefined && field.isList) {
      return `r.${isNull ? 'nullableArray' : 'array'}(v, read${field.structName})`;
    }
    if (field.structName !== undefined) {
      const read = `read${field.structName}(r, v)`;
      return isNull ? `r.isPresent(${field.tag !== undefined}) ? ${read} : null` : read;
    }
    const method = readers[field.type];
    if (field.isList) {
      return `r.${isNull ? 'nullableArray' : 'array'}(v, r.read${capital(method)})`;
    }
    return `r.${isNull ? `nullable${capital(method)}` : method}()`;
  };
  if (nullable === false) return call(false);
  if (nullable === undefined) return call(true);
  return `(${nullable}) ? ${call(true)} : ${call(false)}`;
}

/** Puts the head of a function before its body, naming the version only where it is used. */
function emitFunction(all, head, body) {
  const usesVersion = body.some((line) => /\bv\b/.test(line));
  all.push(head.replace('v: number', usesVersion ? 'v: number' : '_v: number'), ...body, '}', '');
}

function emitReader({ out: all, message }, name, fields) {
  const tagged = fields.filter(({ tag }) => tag !== undefined);
  const out = [];
  out.push(
    `  ${tagged.length > 0 || message.flexible <= message.max ? 'const value =' : 'return'} {`,
  );
  for (const field of fields) {
    const when = field.tag === undefined ? condition(field.versions, message) : 'never';
    const read = field.tag === undefined ? readExpression(field, message) : '';
    const text =
      when === 'never'
        ? defaultOf(field)
        : when === undefined
          ? read
          : `${when} ? ${read.includes('?') ? `(${read})` : read} : ${defaultOf(field)}`;
    out.push(`    ${field.name}: ${text},`);
  }
  out.push(`  }${tagged.length > 0 || message.flexible <= message.max ? ` as ${name}` : ''};`);
  if (message.flexible <= message.max) {
    emitTagReader(out, tagged, message);
    out.push('  return value;');
  }
  emitFunction(all, `export function read${name}(r: WireReader, v: number): ${name} {`, out);
}

function emitTagReader(out, tagged, message) {
  if (tagged.length === 0) {
    out.push('  r.skipTags();');
    return;
  }
  out.push('  let tag = -1;');
  out.push('  for (let left = r.tagCount(); left > 0; left--) {');
  out.push('    tag = r.nextTag(tag);');
  out.push('    const end = r.tagEnd();');
  for (const field of tagged) {
    const read = readExpression(field, message);
    out.push(`    if (tag === ${field.tag}) value.${field.name} = ${read};`);
  }
  out.push('    r.finishTag(end);', '  }');
}

function writeStatement(field, message, value) {
  const nullable = field.nullable === undefined ? false : condition(field.nullable, message);
  const always = isNullable(field) && nullable !== undefined;
  const given = always ? `w.present(${value}, '${field.name}')` : value;
  const call = (isNull, of) => {
    if (field.structName !== undefined && field.isList) {
      return `w.${isNull ? 'nullableArray' : 'array'}(${of}, v, write${field.structName})`;
    }
    if (field.structName !== undefined) {
      const write = `write${field.structName}(w, v, ${of})`;
      if (!isNull) return write;
      const mark = `w.presence(${of} !== null, ${field.tag !== undefined})`;
      return `${mark}; if (${of} !== null) ${write}`;
    }
    const method = readers[field.type];
    if (field.isList) {
      return `w.${isNull ? 'nullableArray' : 'array'}(${of}, v, w.write${capital(method)})`;
    }
    return `w.${isNull ? `nullable${capital(method)}` : method}(${of})`;
  };
  if (nullable === false) return call(false, given);
  if (nullable === undefined) return call(true, value);
  return `if (${nullable}) ${call(true, value)}; else ${call(false, given)}`;
}

function emitWriter({ out: all, message }, name, fields) {
  const out = [];
  for (const field of fields.filter(({ tag }) => tag === undefined)) {
    const when = condition(field.versions, message);
    const write = writeStatement(field, message, `value.${field.name}`);
    if (when === undefined) {
      out.push(`  ${write};`);
      continue;
    }
    out.push(`  if (${when}) { ${write}; }`);
    if (field.ignorable) continue;
    out.push(`  else if (${isSet(field, `value.${field.name}`)}) w.lost('${field.name}', v);`);
  }
  if (message.flexible <= message.max) emitTagWriter(out, fields, message);
  const head = `export function write${name}(w: WireWriter, v: number, value: ${name}): void {`;
  emitFunction(all, head, out);
}

function emitTagWriter(out, fields, message) {
  const tagged = fields.filter(({ tag }) => tag !== undefined).toSorted((a, b) => a.tag - b.tag);
  if (tagged.length === 0) {
    out.push('  w.noTags();');
    return;
  }
  out.push('  if (!w.flexible) return;');
  const marks = tagged.map((field) => {
    const when = condition(field.versions, message);
    const set = isSet(field, `value.${field.name}`);
    return when === undefined ? set : `${when} && (${set})`;
  });
  tagged.forEach((field, index) => out.push(`  const has${index} = ${marks[index]};`));
  out.push(`  w.uvarint(${tagged.map((_, index) => `Number(has${index})`).join(' + ')});`);
  tagged.forEach((field, index) => {
    const write = writeStatement(field, message, `value.${field.name}`);
    out.push(`  if (has${index}) {`, `    const mark = w.openTag(${field.tag});`);
    out.push(`    ${write};`, '    w.closeTag(mark);', '  }');
  });
}

function isSet(field, value) {
  if (isNullable(field) && defaultOf(field) === 'null') return `${value} !== null`;
  if (field.isList)
    return isNullable(field) ? `${value} === null || ${value}.length > 0` : `${value}.length > 0`;
  if (field.structName !== undefined) {
    return field.fields.map((inner) => isSet(inner, `${value}.${inner.name}`)).join(' || ');
  }
  if (field.type === 'bytes' || field.type === 'rec') {
    return isNullable(field) ? `${value} === null || ${value}.length > 0` : `${value}.length > 0`;
  }
  return `${value} !== ${defaultOf(field)}`;
}

function emitDataEnds({ out, message }) {
  const { name, min, max, flexible } = message;
  out.push(
    `export const ${camel(name)}Versions = { min: ${min}, max: ${max} } as const;`,
    '',
    `/** The record's bytes, its version in front. */`,
    `export function encode${name}(value: ${name}, version: number): Uint8Array {`,
    `  const w = new WireWriter();`,
    `  w.flexible = version >= ${flexible};`,
    `  w.int16(version);`,
    `  write${name}(w, version, value);`,
    `  return w.copyBytes();`,
    `}`,
    '',
    `/** Reads the version in front, then the record. */`,
    `export function decode${name}(bytes: Uint8Array): ${name} & { version: number } {`,
    `  const r = new WireReader(bytes);`,
    `  const version = r.int16();`,
    `  if (version < ${min} || version > ${max}) r.fail(\`${name} version \${version}\`);`,
    `  r.flexible = version >= ${flexible};`,
    `  return { version, ...read${name}(r, version) };`,
    `}`,
    '',
  );
}

/** The table of all APIs. */
export function emitTable(messages) {
  const apis = messages.filter(({ kind }) => kind === 'api').toSorted((a, b) => a.key - b.key);
  const out = [
    '/**',
    ' * All APIs by name, made by npm run protocol from schema/.',
    ' * Not written by hand. Length: generated.',
    ' */',
    "import type { Api } from '../api.ts';",
  ];
  for (const { name, file } of apis) {
    const names = ['Request', 'Response'].flatMap((part) => [
      `type ${name}${part}`,
      `read${name}${part}`,
      `write${name}${part}`,
    ]);
    out.push(`import { ${names.join(', ')} } from './${file}.ts';`);
  }
  out.push('', '/** What each API takes and gives. */', 'export interface ApiTypes {');
  for (const { name } of apis) {
    out.push(`  ${camel(name)}: { request: ${name}Request; response: ${name}Response };`);
  }
  out.push('}', '', 'export type ApiName = keyof ApiTypes;', '');
  out.push('/** An API of which only the name is known. */');
  out.push('export type AnyApi<K extends ApiName = ApiName> =');
  out.push("  Api<K, ApiTypes[K]['request'], ApiTypes[K]['response']>;", '');
  out.push('export const apis: { readonly [K in ApiName]: AnyApi<K> } = {');
  for (const { name, key, min, max, flexible, advertised } of apis) {
    out.push(`  ${camel(name)}: {`);
    out.push(
      `    name: '${camel(name)}', title: '${name}', key: ${key}, min: ${min}, max: ${max},`,
    );
    out.push(
      `    flexible: ${flexible === anyVersion ? 'Infinity' : flexible}, advertisedMin: ${advertised},`,
    );
    out.push(`    readRequest: read${name}Request, writeRequest: write${name}Request,`);
    out.push(`    readResponse: read${name}Response, writeResponse: write${name}Response,`, '  },');
  }
  out.push('};', '');
  return out.join('\n');
}

function camel(name) {
  return name[0].toLowerCase() + name.slice(1);
}

function capital(name) {
  return name[0].toUpperCase() + name.slice(1);
}
