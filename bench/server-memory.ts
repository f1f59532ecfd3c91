import type { Database } from '../src/db/client.ts'

const fillSettings = {
  innodb_buffer_pool_size: 6 * 1024 ** 3,
  innodb_log_file_size: 4 * 1024 ** 3,
  innodb_flush_log_at_trx_commit: 0,
}
const patience_ms = 600_000

/**
 * Gives the server plenty of memory while a task runs, and takes it back. Afterwards the server holds no more of its
 * tables than before, and has written down all that the task changed.
 */
export async function withMuchMemory<T>({ query }: Database, task: () => Promise<T>): Promise<T> {
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
    await setAll(before)
  }
}

async function settled(query: Database['query']): Promise<void> {
  for (const deadline = Date.now() + patience_ms; Date.now() < deadline; await Bun.sleep(500)) {
    const [dirty] = await query<{ Value: string }>("SHOW GLOBAL STATUS LIKE 'Innodb_buffer_pool_pages_dirty'")
    if (Number(dirty?.Value) < 1_000) return
  }
}
