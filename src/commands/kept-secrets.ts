// The files under WATCHBILL_DATA that hold secrets of the installation, and come into a backup only when asked for.
export const keptSecrets = ['app.json']
