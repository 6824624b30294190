import { browserLabel } from '../accounts/browser-label.js';
import type { CircumstancesSource } from '../accounts/circumstances.js';
import { openCountries } from '../accounts/place-database.js';
import { placeOf } from '../accounts/place.js';
import { requestContext } from '../http/request-context.js';
import { requestUnderWay } from '../http/request-scope.js';

/** Where and with what browser the request under way came. */
export function requestCircumstances(): CircumstancesSource {
  const countryOf = openCountries();
  return () => {
    const request = requestUnderWay();
    if (!request) return { place: undefined, browser: undefined };
    return {
      place: placeOf(requestContext(request).clientAddress, countryOf),
      browser: browserLabel(request.headers['user-agent']),
    };
  };
}
