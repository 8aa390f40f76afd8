/** The one file of kafkajs that is patched (kafka-timers.ts); kafkajs has no types for its inside. */
declare module 'kafkajs/src/network/requestQueue' {
  const RequestQueue: { readonly prototype: object };
  export default RequestQueue;
}
