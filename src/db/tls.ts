import { readFileSync } from 'node:fs'

/** How a connection to the database is encrypted, as the driver takes it. */
export interface TlsOptions {
  rejectUnauthorized: boolean
  verifyIdentity?: true
  ca?: string
  cert?: string
  key?: string
}

/** A database's URL has a part that can't be honoured. The message is for the operator and holds no value. */
export class AddressFault extends Error {
  override name = 'AddressFault'
}

/** The modes of MySQL's clients, from the least strict to the strictest. */
type Mode = 'DISABLED' | 'REQUIRED' | 'VERIFY_CA' | 'VERIFY_IDENTITY'
const strictness: readonly Mode[] = ['DISABLED', 'REQUIRED', 'VERIFY_CA', 'VERIFY_IDENTITY']
/** `ON` asks for encryption and says nothing of verification. */
type Wish = Mode | 'ON'

const modeWords: Record<string, Wish> = {
  disable: 'DISABLED',
  disabled: 'DISABLED',
  require: 'REQUIRED',
  required: 'REQUIRED',
  verifyca: 'VERIFY_CA',
  verifyfull: 'VERIFY_IDENTITY',
  verifyidentity: 'VERIFY_IDENTITY',
}
const offWords: Record<string, Wish> = { false: 'DISABLED', '0': 'DISABLED', off: 'DISABLED', no: 'DISABLED' }
const switchWords: Record<string, Wish> = { ...offWords, true: 'ON', '1': 'ON', on: 'ON', yes: 'ON' }
const modes = 'must be DISABLED, REQUIRED, VERIFY_CA or VERIFY_IDENTITY'

/** The parameters of other programs and their values, in lower case without `-` and `_`. */
const wishes: Record<string, { words: Record<string, Wish>; fault: string }> = {
  sslmode: { words: modeWords, fault: modes },
  ssl: { words: { ...modeWords, ...switchWords }, fault: 'must be true, false or one of ssl-mode’s words' },
  usessl: { words: switchWords, fault: 'must be true or false' },
  usetls: { words: switchWords, fault: 'must be true or false' },
  sslaccept: {
    words: { strict: 'VERIFY_IDENTITY', acceptinvalidcerts: 'REQUIRED' },
    fault: 'must be strict or accept_invalid_certs',
  },
  tls: {
    words: { ...offWords, true: 'VERIFY_IDENTITY', '1': 'VERIFY_IDENTITY', skipverify: 'REQUIRED' },
    fault: 'must be true, false or skip-verify',
  },
}

/** The parameters that name PEM files, in lower case without `-` and `_`. */
const files: Record<string, 'ca' | 'cert' | 'key'> = {
  sslca: 'ca',
  sslrootcert: 'ca',
  sslcert: 'cert',
  sslkey: 'key',
}

interface Asked {
  wishes: Wish[]
  /** The text of each PEM file. */
  pem: { ca?: string; cert?: string; key?: string }
}

/**
 * The TLS options that a URL's parameters ask for; undefined for a connection that isn't encrypted.
 * @throws {AddressFault} for a parameter that is unknown, can't be honoured or contradicts another.
 */
export function tlsOf(parameters: URLSearchParams): TlsOptions | undefined {
  const asked: Asked = { wishes: [], pem: {} }
  for (const [name, value] of parameters) if (/ssl|tls|cert/i.test(name)) take(asked, name, value)
  const { ca, cert, key } = withOneMeaning(asked.pem)
  const hasFiles = ca !== undefined || cert !== undefined
  const mode = modeOf(hasFiles ? [...asked.wishes, 'ON'] : asked.wishes, ca !== undefined)
  if (mode === 'DISABLED') return undefined
  if (mode === 'VERIFY_CA' && ca === undefined) throw new AddressFault('ssl-mode VERIFY_CA needs ssl-ca')
  if (mode === 'REQUIRED' && ca !== undefined)
    throw new AddressFault('ssl-ca has no effect with ssl-mode REQUIRED; use VERIFY_CA or VERIFY_IDENTITY')
  return {
    rejectUnauthorized: mode !== 'REQUIRED',
    ...(mode === 'VERIFY_IDENTITY' ? { verifyIdentity: true } : {}),
    ...(ca === undefined ? {} : { ca }),
    ...(cert === undefined ? {} : { cert, key: key ?? '' }),
  }
}

function take(asked: Asked, name: string, value: string): void {
  const known = bare(name)
  const file = files[known]
  const wish = wishes[known]
  if (file) asked.pem[file] = pemOf(name, value)
  else if (known === 'ssl' && value.trimStart().startsWith('{')) takeObject(asked, value)
  else if (wish) {
    const meant = Object.hasOwn(wish.words, bare(value)) ? wish.words[bare(value)] : undefined
    if (!meant) throw new AddressFault(`${name} ${wish.fault}`)
    asked.wishes.push(meant)
  } else throw new AddressFault(`${name} is not known here; TLS is set by ssl-mode, ssl-ca, ssl-cert and ssl-key`)
}

/** Takes the form of Node's programs: `ssl={"rejectUnauthorized":true}`. */
function takeObject(asked: Asked, text: string): void {
  const { rejectUnauthorized = true, verifyIdentity, ca, cert, key, ...others } = objectIn(text)
  const isUnderstood =
    typeof rejectUnauthorized === 'boolean' &&
    [undefined, true, false].includes(verifyIdentity as boolean | undefined) &&
    Object.keys(others).length === 0
  if (!isUnderstood)
    throw new AddressFault('ssl as an object may have rejectUnauthorized, verifyIdentity, ca, cert and key')
  for (const [name, pem] of Object.entries({ ca, cert, key }))
    if (pem !== undefined) asked.pem[name as 'ca' | 'cert' | 'key'] = pemOf(`ssl.${name}`, pem)
  const verified = verifyIdentity === undefined ? 'ON' : verifyIdentity ? 'VERIFY_IDENTITY' : 'VERIFY_CA'
  asked.wishes.push(rejectUnauthorized ? verified : 'REQUIRED')
}

function objectIn(text: string): Record<string, unknown> {
  try {
    return JSON.parse(text)
  } catch {
    throw new AddressFault('ssl is not well-formed JSON')
  }
}

/** The PEM text. `value` is that text, or the path of a file that holds it. */
function pemOf(name: string, value: unknown): string {
  const pem = typeof value === 'string' && value.startsWith('-----BEGIN') ? value : textOf(name, String(value))
  if (!pem.includes('-----BEGIN')) throw new AddressFault(`${name} names no PEM file`)
  return pem
}

function textOf(name: string, path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    throw new AddressFault(`${name} names a file that can't be read (${(error as { code?: string }).code})`)
  }
}

/** A certificate without a key is the authority's: some programs name it so. */
function withOneMeaning({ ca, cert, key }: Asked['pem']): Asked['pem'] {
  if (cert !== undefined && key === undefined) {
    if (ca !== undefined) throw new AddressFault('ssl-cert needs ssl-key')
    return { ca: cert }
  }
  if (key !== undefined && cert === undefined) throw new AddressFault('ssl-key needs ssl-cert')
  return { ...(ca === undefined ? {} : { ca }), ...(cert === undefined ? {} : { cert, key: key ?? '' }) }
}

/**
 * The strictest mode that is asked for. With `ON` alone: VERIFY_CA where an authority is given, because a house's own
 * authority seldom signs for names; VERIFY_IDENTITY elsewhere.
 */
function modeOf(wished: readonly Wish[], hasCa: boolean): Mode {
  const said = wished.filter((wish) => wish !== 'ON')
  const isOn = said.length < wished.length || said.some((mode) => mode !== 'DISABLED')
  if (said.includes('DISABLED') && isOn) throw new AddressFault('its TLS parameters contradict each other')
  const strictest = strictness.findLast((mode) => said.includes(mode))
  return strictest ?? (isOn ? (hasCa ? 'VERIFY_CA' : 'VERIFY_IDENTITY') : 'DISABLED')
}

function bare(text: string): string {
  return text.toLowerCase().replace(/[-_]/g, '')
}
