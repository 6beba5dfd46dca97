/**
 * Reads the notation of protocol messages: one text per API, `src/roles/broker/protocol/schema`.
 *
 *    api KEY Name MIN-MAX flex V|none [advertise MIN]   then the blocks "req" and "res"
 *    data Name MIN-MAX flex V|none                      a stored record, begins with an i16 version
 *    field type [versions] [marks]                      separated by ";" or the end of the line
 *    types     b i8 i16 i32 i64 u16 u32 f64 uuid str bytes rec   T[] of primitives
 *              [ … ] list of struct   { … } struct
 *    versions  3+   0-12   7                            absent: all versions
 *    marks     ? ?12+ ?2-7 nullable   =x default   #t tag number t   ~ may be left out silently
 *              * part of the item's key
 * Two slashes begin a comment.
 */

const primitives = new Set('b i8 i16 i32 i64 u16 u32 f64 uuid str bytes rec'.split(' '));
const unbounded = 0x7fff;

/** The message that a text describes. */
export function parseSchema(text, file) {
  const tokens = tokenize(text);
  const fail = (reason) => {
    throw new Error(`${file}: ${reason}`);
  };
  const message = parseHead(tokens, fail);
  const all = { min: message.min, max: message.max };
  if (message.kind === 'data') {
    message.fields = parseFields(tokens, all, fail);
  } else {
    skipEnds(tokens);
    if (tokens.shift() !== 'req') fail('expected the block req');
    message.request = parseFields(tokens, all, fail);
    if (tokens.shift() !== 'res') fail('expected the block res');
    message.response = parseFields(tokens, all, fail);
  }
  if (tokens.length > 0) fail(`unexpected '${tokens[0]}'`);
  return message;
}

function parseHead(tokens, fail) {
  skipEnds(tokens);
  const kind = tokens.shift();
  if (kind !== 'api' && kind !== 'data') fail(`begins with '${kind}'`);
  const key = kind === 'api' ? Number(tokens.shift()) : undefined;
  const name = tokens.shift();
  const { min, max } = parseVersions(tokens.shift()) ?? fail('no version range');
  if (tokens.shift() !== 'flex') fail('expected the word flex');
  const first = tokens.shift();
  const flexible = first === 'none' ? unbounded : Number(first);
  let advertised = min;
  if (tokens[0] === 'advertise') advertised = Number(tokens.splice(0, 2)[1]);
  return { kind, key, name, min, max, flexible, advertised };
}

function tokenize(text) {
  return text
    .replaceAll(/\/\/.*$/gm, '')
    .replaceAll(/\[\]/g, '@@')
    .replaceAll(/([[\]{};])/g, ' $1 ')
    .replaceAll('@@', '[]')
    .replaceAll('\n', ' ; ')
    .split(/\s+/)
    .filter((token) => token !== '');
}

function skipEnds(tokens) {
  while (tokens[0] === ';') tokens.shift();
}

function parseFields(tokens, parent, fail) {
  const fields = [];
  for (;;) {
    skipEnds(tokens);
    if (tokens.length === 0 || [']', '}', 'res'].includes(tokens[0])) return fields;
    fields.push(parseField(tokens, parent, fail));
  }
}

function parseField(tokens, parent, fail) {
  const name = tokens.shift();
  if (!/^[a-z][A-Za-z0-9]*$/.test(name)) fail(`'${name}' is no field name`);
  const field = {
    name,
    type: '',
    isList: false,
    fields: undefined,
    versions: parent,
    nullable: undefined,
    default: undefined,
    tag: undefined,
    ignorable: false,
  };
  const word = tokens.shift();
  if (word === '[' || word === '{') {
    field.type = 'struct';
    field.isList = word === '[';
    field.fields = parseFields(tokens, parent, fail);
    if (tokens.shift() !== (field.isList ? ']' : '}')) fail(`${name} does not end`);
  } else {
    field.isList = word.endsWith('[]');
    field.type = word.replace('[]', '');
    if (!primitives.has(field.type)) fail(`${name} is of the unknown type '${word}'`);
  }
  while (tokens.length > 0 && ![';', ']', '}'].includes(tokens[0])) {
    parseMark(field, tokens.shift(), parent, fail);
  }
  return field;
}

function parseMark(field, mark, parent, fail) {
  const versions = parseVersions(mark);
  if (versions !== undefined) field.versions = clip(versions, parent);
  else if (mark === '~') field.ignorable = true;
  else if (mark.startsWith('=')) field.default = mark.slice(1);
  else if (mark.startsWith('#')) field.tag = Number(mark.slice(1));
  else if (mark === '?') field.nullable = parent;
  else if (mark.startsWith('?')) field.nullable = clip(parseVersions(mark.slice(1)), parent);
  else if (mark !== '*') fail(`${field.name}: unknown mark '${mark}'`);
}

function parseVersions(text) {
  const found = /^(\d+)(?:(\+)|-(\d+))?$/.exec(text ?? '');
  if (found === null) return undefined;
  const min = Number(found[1]);
  if (found[2] === '+') return { min, max: unbounded };
  return { min, max: found[3] === undefined ? min : Number(found[3]) };
}

function clip(versions, parent) {
  return { min: Math.max(versions.min, parent.min), max: Math.min(versions.max, parent.max) };
}
