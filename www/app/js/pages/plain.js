/* A plain resource that needs no page of its own: all that is shown comes from the table. */
import { resourcePage } from "../ui/resource.js";

export default (place) => resourcePage(place.route.resource, place);
