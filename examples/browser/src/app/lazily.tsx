import { useEffect, useState } from "preact/hooks";
import type { ComponentType } from "preact";

/** A component whose code comes when it is first shown. */
export function lazily<P extends object>(
  load: () => Promise<ComponentType<P>>,
  what: string,
): ComponentType<P> {
  let loading: Promise<ComponentType<P>> | undefined;
  return function Lazy(props: P) {
    const [Loaded, setLoaded] = useState<ComponentType<P>>();
    const [failed, setFailed] = useState(false);
    useEffect(() => {
      loading ??= load();
      loading.then(
        (component) => setLoaded(() => component),
        () => {
          loading = undefined;
          setFailed(true);
        },
      );
    }, []);
    if (failed) return <p class="quiet pad">{what} could not be loaded; is the network there?</p>;
    return Loaded ? <Loaded {...props} /> : <p class="quiet pad">Loading {what}…</p>;
  };
}
