import createTables from '../../drizzle/0000_create_tables.sql' with { type: 'text' }

/** A named change of the schema; once landed it is never edited. */
export interface Migration {
  name: string
  sql: string
}

/** Every migration in order, inside the program so that the built binary carries them. */
export const migrations: readonly Migration[] = [{ name: '0000_create_tables', sql: createTables }]
