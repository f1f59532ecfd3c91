import { sql } from 'drizzle-orm'
import { customType, datetime } from 'drizzle-orm/mysql-core'
import { raw } from 'mysql2'

/** Text compared byte by byte: codes, keys and digests. */
export const asciiText = customType<{ data: string; config: { length: number } }>({
  dataType: (config) => `varchar(${config?.length ?? 64}) CHARACTER SET ascii COLLATE ascii_bin`,
})

/** JSON as text. The driver parses a JSON column of MySQL, but not of MariaDB. */
export const jsonText = customType<{ data: string; driverData: unknown }>({
  dataType: () => 'json',
  fromDriver: (value) => (typeof value === 'string' ? value : JSON.stringify(value)),
})

/** Any value, as JSON in a long text. */
export const longJson = customType<{ data: unknown; driverData: string }>({
  dataType: () => 'mediumtext',
  fromDriver: (value) => JSON.parse(value),
  toDriver: (value) => JSON.stringify(value),
})

/** A few bytes, such as a hash; in the program they are text in hex. */
export const hexBytes = customType<{ data: string; driverData: unknown; config: { length: number } }>({
  dataType: (config) => `binary(${config?.length ?? 32})`,
  fromDriver: (value) => (value as Uint8Array).toHex(),
  toDriver: (value) => raw(hexLiteral(value)),
})

/** Bytes as MySQL writes them: the driver would turn a buffer into the same. */
function hexLiteral(hex: string): string {
  if (!/^(?:[0-9a-f]{2})*$/i.test(hex)) throw new TypeError('not bytes in hex')
  return `X'${hex}'`
}

/** Up to 16 MiB. */
export const longBytes = customType<{ data: Buffer; driverData: Uint8Array }>({
  dataType: () => 'mediumblob',
  fromDriver: (value) => Buffer.from(value),
})

/** An instant in UTC, to the millisecond. */
export const instant = () => datetime({ fsp: 3 })

/** A column's default: the instant of the insert. It is in UTC because every session of the service is. */
export const utcNow = sql`CURRENT_TIMESTAMP(3)`

/** A probability as a whole number of ten-thousandths; DECIMAL(6,4) in the table. It is never a float. */
export const tenThousandths = customType<{ data: number; driverData: string }>({
  dataType: () => 'decimal(6,4)',
  fromDriver: (value) => Number(value.replace('.', '')),
  toDriver: (value) => `${Math.trunc(value / 10_000)}.${String(value % 10_000).padStart(4, '0')}`,
})
