"""Pages: rendering, forms, navigation, toasts, the platform's own views and the components they are built of."""
