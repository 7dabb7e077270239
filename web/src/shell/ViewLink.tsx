import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";

import { type Address, type AddressChange, type View, withChange, useView, useWorkspaceId } from "../address";

interface Props {
  readonly view: View;
  readonly change?: AddressChange;
  readonly className?: string;
  readonly label?: string;
  /** Whether it leads to where the page is; as a rule whether the view is shown. */
  readonly current?: boolean;
  readonly children: ReactNode;
  readonly onClick?: () => void;
}

/** A link to a view of this workspace that keeps what the address narrows, but for `change`. */
export function ViewLink({ view, change = {}, className, label, current, children, onClick }: Props) {
  const workspaceId = useWorkspaceId();
  const shown = useView();
  const here = current ?? shown === view;
  return (
    <Link
      to={`/w/$workspaceId/${view}`}
      params={{ workspaceId }}
      search={(last: Address) => withChange(last, change)}
      className={className}
      aria-label={label}
      aria-current={here ? "page" : undefined}
      // The router marks a link that says less than the address as well, whatever `current` says.
      activeOptions={{ exact: true }}
      onClick={onClick}
    >
      {children}
    </Link>
  );
}
