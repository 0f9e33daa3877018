import express from 'express'
import { bookingRoutes } from './bookings/routes.ts'
import { requireStaff } from './http/authentication.ts'
import { answerErrors } from './http/errors.ts'

export function createApp() {
  const app = express()
  app.get('/health', (_request, response) => void response.send('ok'))

  // Everything below /api is for signed-in staff of a marina.
  app.use('/api', express.json(), requireStaff)
  app.use('/api/bookings', bookingRoutes)

  app.use(answerErrors)
  return app
}
