import { createHash } from 'node:crypto'
import type { NextFunction, Request, Response } from 'express'
import { rows, sql } from '../database/sql.ts'
import { unauthorised } from './errors.ts'

export interface Staff {
  id: number
  marinaId: number
  name: string
}

declare module 'express-serve-static-core' {
  interface Request {
    staff: Staff
  }
}

/** Lets signed-in staff through, and nobody else. */
export async function requireStaff(request: Request, _response: Response, next: NextFunction) {
  const token = /^Bearer (\S+)$/.exec(request.headers.authorization ?? '')?.[1]
  const staff = token === undefined ? undefined : await staffByToken(token)
  if (!staff) throw unauthorised('Sign in at the desk first.')
  request.staff = staff
  next()
}

async function staffByToken(token: string): Promise<Staff | undefined> {
  const hash = createHash('sha256').update(token).digest('hex')
  const [staff] = await rows<Staff>(
    sql`select id, marina_id as "marinaId", name from staff where token_hash = ${hash}`,
  )
  return staff
}
