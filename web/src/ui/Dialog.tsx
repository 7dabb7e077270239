import { Dialog as Radix } from "radix-ui";
import type { ReactNode } from "react";

import { useText } from "../locale";
import { Icon } from "./Icon";

interface Props {
  readonly title: string;
  /** Read out with the title. */
  readonly description?: string;
  readonly size?: "small" | "medium" | "large";
  /** From the side: what is a sidebar where there is room. */
  readonly drawer?: boolean;
  readonly className?: string;
  readonly children: ReactNode;
  readonly onClose: () => void;
  /** False keeps the title for those who listen only. */
  readonly showTitle?: boolean;
}

/**
 * A modal dialog; Escape, a click beside it and its own button close it. Mounted means open. Its backdrop is a plain element:
 * Radix's own would write a style element into the document, which the content security policy refuses.
 */
export function Dialog({ title, description, size = "medium", drawer = false, className, showTitle = true, children, onClose }: Props) {
  const text = useText();
  return (
    <Radix.Root open onOpenChange={(open) => !open && onClose()}>
      <Radix.Portal>
        <div className="dialog-backdrop" data-drawer={drawer} aria-hidden="true" />
        <Radix.Content
          className={["dialog", className].filter(Boolean).join(" ")}
          data-size={size}
          data-drawer={drawer}
          {...(description === undefined && { "aria-describedby": undefined })}
        >
          <header className={showTitle ? "dialog-head" : "unseen"}>
            <Radix.Title className="dialog-title">{title}</Radix.Title>
            {showTitle && (
              <Radix.Close className="icon-button" aria-label={text.close}>
                <Icon name="close" />
              </Radix.Close>
            )}
          </header>
          {description !== undefined && <Radix.Description className="dialog-lead muted">{description}</Radix.Description>}
          {children}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}
