import Testing
import Web

@Suite struct QueryTests {
    @Test(arguments: [
        ("a=1&b=2", ["a:1", "b:2"]), ("a=x+y%20z", ["a:x y z"]), ("a", ["a:"]), ("", []),
        ("&&a=1&", ["a:1"]), ("a=b=c", ["a:b=c"]),
        ("filter%5Bstage%5D=open", ["filter[stage]:open"]),
        ("a=%C3%BC", ["a:ü"]), ("a=100%", ["a:100%"]), ("a=%zz%4", ["a:%zz%4"]),
        ("a=%+1", ["a:% 1"]), ("a=%-1", ["a:%-1"]), ("a=1&a=2", ["a:1", "a:2"]),
    ])
    func `pairs are read as browsers write them`(text: String, pairs: [String]) {
        #expect(Query(text).pairs.map { "\($0.name):\($0.value)" } == pairs)
    }

    @Test func `what is encoded reads the same again`() {
        let odd = "a&b=c%d +ü“\n/?#[]\0🎈"
        let query = Query("\(Query.encoded(odd))=\(Query.encoded(odd))")
        #expect(query.pairs.map(\.name) == [odd])
        #expect(query[odd] == odd)
        #expect(Query(query.encoded(without: "nothing"))[odd] == odd)
        #expect(Query("a=1&b=2&c=3").encoded(without: "b") == "a=1&c=3")
    }
}
