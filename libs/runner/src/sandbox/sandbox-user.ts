/** Whom scripts run as: nobody that any machine knows. */
export const sandboxUser = Object.freeze({ name: 'script', uid: 10_101, gid: 10_101, home: '/tmp' });
