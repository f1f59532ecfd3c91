import { readFileSync, statSync } from 'node:fs'

/** Settings that are never printed. Each may be in a file that `<NAME>_FILE` names. */
export const secretNames: readonly string[] = [
  'DATABASE_URL',
  'REDIS_URL',
  'JWT_SECRET',
  'JWT_SECRET_PREVIOUS',
  'LOG_KEY',
  'DRAW_SEED',
  'DRAW_SEED_PREVIOUS',
  'LOG_WITNESSES',
  'SMS_WEBHOOK_URL',
  'SMS_SECRET_ID',
  'SMS_SECRET_KEY',
  'SMS_DEV_CODE',
  'S3_ACCESS_KEY',
  'S3_SECRET_KEY',
  'WECHAT_SECRET',
  'ALERT_WEBHOOK',
  'ALERT_SECRET',
  'METRICS_TOKEN',
]

/** A chain of seeds, as the command `seeds make` writes it. */
export const seedChainPattern = /^rp-chain-1:[0-9a-f]{16}:\d{1,7}:[\w-]{43}$/

/** Settings by name, and their faults, each as `NAME: fault`. */
export interface GivenSettings {
  settings: Record<string, string>
  faults: string[]
}

const largestSecret = 8_192

/**
 * The settings that are given, those in files included. An empty string counts as unset, and the last newline of a file
 * is dropped. A fault names the setting, never the path or the content: either may be a secret in the wrong place.
 */
export function withFiles(env: Record<string, string | undefined>, known: readonly string[]): GivenSettings {
  const settings: Record<string, string> = {}
  const faults: string[] = []
  for (const [name, value] of Object.entries(env)) if (value) settings[name] = value
  for (const name of known) {
    const file = settings[`${name}_FILE`]
    if (file === undefined) continue
    if (!secretNames.includes(name)) faults.push(`${name}_FILE: only secrets are read from files; set ${name} itself`)
    else if (settings[name] !== undefined) faults.push(`${name}_FILE: is given beside ${name}; give one of them`)
    else {
      const found = secretIn(file)
      if ('fault' in found) faults.push(`${name}_FILE: ${found.fault}`)
      else settings[name] = found.secret
    }
  }
  return { settings, faults }
}

function secretIn(path: string): { secret: string } | { fault: string } {
  try {
    const stat = statSync(path)
    if (!stat.isFile()) return { fault: 'is not a regular file' }
    if (stat.size > largestSecret) return { fault: `holds more than ${largestSecret} bytes` }
    const secret = readFileSync(path, 'utf8').replace(/\r?\n$/, '')
    if (secret.trim() === '') return { fault: 'is empty' }
    return /[\r\n]/.test(secret) ? { fault: 'holds more than one line' } : { secret }
  } catch (error) {
    return { fault: `can't be read (${(error as { code?: string }).code})` }
  }
}

const samples = /change.?(me|it|this)|your.?(secret|token|key)|replace.?(me|this)|example|default|password|tests.only/i

/** Why a secret is obviously weak: a sample, a repetition, a sequence. Undefined proves no strength. */
export function weaknessOf(secret: string): string | undefined {
  if (samples.test(secret)) return 'is a sample'
  if (isRepetition(secret)) return 'repeats itself'
  if (isSequence(secret)) return 'is a sequence'
  // A random secret, even in hex, has so few different characters only once in ten million times.
  if (new Set(secret).size < Math.min(8, secret.length / 4)) return 'has too few different characters'
  return undefined
}

const wellKnown = new Set(
  '123456 12345678 123456789 admin changeme guest minioadmin mysql password root secret test'.split(' '),
)

/** True for a password that attackers try first. Those of `.env.example` are among them. */
export function isWellKnown(password: string): boolean {
  return wellKnown.has(password.toLowerCase())
}

function isRepetition(text: string): boolean {
  for (let period = 1; period <= text.length / 2; period += 1) if (text.startsWith(text.slice(period))) return true
  return false
}

/** True when most characters are neighbours of the one before, as in `abcdef` or `987654`. */
function isSequence(text: string): boolean {
  let steps = 0
  for (let i = 1; i < text.length; i += 1) if (Math.abs(text.charCodeAt(i) - text.charCodeAt(i - 1)) === 1) steps += 1
  return steps > text.length / 2
}

/** A setting in a form that may be printed. A secret is `***`; of a database's address, host and name are shown. */
export function redactedValue(name: string, value: unknown): unknown {
  if (value === undefined || !secretNames.includes(name)) return value
  return name === 'DATABASE_URL' || name === 'REDIS_URL' ? withoutCredentials(String(value)) : '***'
}

function withoutCredentials(address: string): string {
  const { protocol, username, password, host, pathname } = new URL(address)
  return `${protocol}//${username || password ? '***@' : ''}${host}${pathname}`
}

/** The password in a setting: that of a URL, or the value itself. */
export function passwordIn(name: string, value = ''): string {
  if (!name.endsWith('_URL')) return value
  return URL.canParse(value) ? decoded(new URL(value).password) : ''
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
