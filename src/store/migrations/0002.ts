// A run can wait for the first fetch of its repository to one of the places that workers keep their mirrors in.
export const statements = ['alter table runs add column waits bigint']
