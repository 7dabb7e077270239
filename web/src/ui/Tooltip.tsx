import { Tooltip as Radix } from "radix-ui";
import type { ReactNode } from "react";

interface Props {
  readonly text: ReactNode;
  /** One element; it has an accessible name of its own. */
  readonly children: ReactNode;
  readonly side?: "top" | "bottom" | "left" | "right";
}

export function Tooltip({ text, children, side = "bottom" }: Props) {
  return (
    <Radix.Root>
      <Radix.Trigger asChild>{children}</Radix.Trigger>
      <Radix.Portal>
        <Radix.Content className="tooltip" side={side} sideOffset={4} collisionPadding={8}>
          {text}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}
