/// Whether the list that is shown has a name of its own, or may get one.
package enum ViewKeeping: Sendable, Equatable {
    case kept(id: String, name: String)
    /// `query` is what the API keeps.
    case offered(place: String, query: String)
}

/// Among the filter chips: saves the list as a view, or removes the view it is.
func keepingChip(_ keeping: ViewKeeping) -> HTML {
    switch keeping {
    case .kept(let id, let name):
        """
        <span class="chip on">\(icon("star", small: true))<b>\(name)</b>\
        <button type="button" data-remove-view="\(id)" data-name="\(name)" \
        aria-label="Remove the view \(name)">\(icon("x", small: true))</button></span>
        """
    case .offered(let place, let query):
        """
        <button class="chip clear" type="button" data-save-view="\(place)" data-query="\(query)">\
        \(icon("star", small: true))Save view</button>
        """
    }
}

let saveViewDialog: HTML = dialog(
    id: "save-view", title: "Save this view",
    text: "The filters and the order stand under this name in your sidebar. Only you see it.",
    submit: "Save view", body: field(Field("name", "Name"), prefix: "view"))
