import { Pool } from 'pg'
import { config } from '../config.ts'

/** Ten connections for the whole desk. Whoever connects by hand gives the client back with release(). */
export const pool = new Pool({ connectionString: config.databaseUrl, max: 10 })
