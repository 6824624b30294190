import type { Admission, CallAdmission } from './admission.js';

/** The admission that an adapter left in the member `holdfast`. Throws where no guard stood before the handler. */
export function admissionIn(holder: { readonly holdfast?: Admission }): Admission {
  if (holder.holdfast === undefined)
    throw new Error('no protect() of holdfast/gateway stands before this handler');
  return holder.holdfast;
}

/** The same of a call of a model. */
export function callAdmissionIn(holder: { readonly holdfast?: Admission }): CallAdmission {
  const admission = admissionIn(holder);
  if (isOfCall(admission)) return admission;
  throw new Error('no protectCalls() of holdfast/gateway stands before this handler');
}

function isOfCall(admission: Admission): admission is CallAdmission {
  return admission.callId !== undefined && admission.call !== undefined;
}
