import type { Database } from '../src/db/client.ts'

/**
 * What large tables need while they are filled. A server must begin with it: MariaDB makes the table in which it looks its
 * pages up for the memory that it starts with, and searches long chains there if it gets much more later.
 */
export const fillMemory_mib = 6 * 1024

const fillSettings = {
  innodb_buffer_pool_size: fillMemory_mib * 1024 ** 2,
  innodb_log_file_size: 4 * 1024 ** 3,
  innodb_flush_log_at_trx_commit: 0,
  // How many pages a second are written down, in this order: the one bounds the other.
  innodb_io_capacity_max: 20_000,
  innodb_io_capacity: 20_000,
}
/** What suits large tables. With MariaDB's 96 MB each page that a row lands on is soon written down, row by row. */
const logSize = 1024 ** 3
const patience_ms = 600_000

/**
 * Gives the server plenty of memory while a task runs, and leaves it `after_mib` of it, with a redo log of 1 GB. All that
 * the task changed is written down then.
 */
export async function withMuchMemory<T>({ query }: Database, task: () => Promise<T>, after_mib: number): Promise<T> {
  const names = Object.keys(fillSettings)
  const [before = {}] = await query<Record<string, number>>(
    `SELECT ${names.map((name) => `@@${name} AS ${name}`).join(', ')}`,
  )
  const setAll = async (values: Record<string, unknown>) => {
    for (const name of names) await query(`SET GLOBAL ${name} = ${values[name]}`, [], patience_ms)
  }
  await setAll(fillSettings)
  try {
    return await task()
  } finally {
    await query('SET GLOBAL innodb_max_dirty_pages_pct = 0, GLOBAL innodb_max_dirty_pages_pct_lwm = 0')
    await settled(query)
    await query('SET GLOBAL innodb_max_dirty_pages_pct = DEFAULT, GLOBAL innodb_max_dirty_pages_pct_lwm = DEFAULT')
    await setAll({ ...before, innodb_log_file_size: logSize, innodb_buffer_pool_size: after_mib * 1024 ** 2 })
  }
}

async function settled(query: Database['query']): Promise<void> {
  for (const deadline = Date.now() + patience_ms; Date.now() < deadline; await Bun.sleep(500)) {
    const [dirty] = await query<{ Value: string }>("SHOW GLOBAL STATUS LIKE 'Innodb_buffer_pool_pages_dirty'")
    if (Number(dirty?.Value) < 1_000) return
  }
}
